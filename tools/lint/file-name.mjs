const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const DRAWER = /^(utils?|helpers?|common|misc|types)\./;

/** File names are kebab-case and say what is inside: a drawer (`utils.ts`) has no name yet. */
export const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      kebab: "File name '{{name}}' is not kebab-case: name the file after its main export.",
      drawer: "'{{name}}' is a drawer: name the file after what it holds.",
    },
  },
  create: (context) => ({
    Program(node) {
      const name = context.filename.split(/[\\/]/).at(-1);
      if (!KEBAB.test(name)) context.report({ node, messageId: 'kebab', data: { name } });
      else if (DRAWER.test(name)) context.report({ node, messageId: 'drawer', data: { name } });
    },
  }),
};
