const OLDEST = [20, 19];

/** Ends the process when Node.js is too old, before anything else can fail for that reason. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  process.stderr.write(`Gemel needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
