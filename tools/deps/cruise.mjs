import { cruise } from 'dependency-cruiser';
import rules from '../../.dependency-cruiser.mjs';

/** What to do about a violation, by the rule's name. */
export const remedies = new Map(rules.forbidden.map(({ name, comment }) => [name, comment]));

/**
 * All modules below `root` with their dependencies, and what breaks a rule.
 * Packages resolve to their sources; imports of types count like others.
 */
export async function cruiseTree(root, folders) {
  const { output } = await cruise(
    folders,
    {
      baseDir: root,
      validate: true,
      ruleSet: rules,
      tsPreCompilationDeps: true,
      combinedDependencies: true,
      doNotFollow: { path: '(^|/)(node_modules|dist|bundle)/' },
      exclude: { path: '(^|/)(dist|bundle)/' },
    },
    { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  );
  return { modules: output.modules, violations: output.summary.violations };
}
