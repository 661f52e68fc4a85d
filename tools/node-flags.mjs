/** Of each process of Gemel, as tools start them. `npm start` in package.json and the image say the same, which a spec holds. */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=16'];
