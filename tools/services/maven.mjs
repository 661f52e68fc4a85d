import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildStep } from './build-step.mjs';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const HINT = 'Install Maven and a JDK 17 or newer if there are none, see the log, then try again.';

/** Copies the artifacts and all they depend on into the folder. An artifact is `group:name:version`. */
export function copyJars(name, folder, artifacts) {
  return maven(name, folder, 'copy-dependencies', artifacts, '-DincludeScope=runtime');
}

/** Unpacks the zip `group:name:version:classifier` into the folder. */
export function unpackZip(name, folder, artifact) {
  return maven(name, folder, 'unpack-dependencies', [`${artifact}:zip`], '-DexcludeTransitive=true');
}

async function maven(name, folder, goal, artifacts, ...options) {
  const pom = join(folder, 'pom.xml');
  writeFileSync(pom, pomOf(name, artifacts));
  await buildStep({ name, label: `fetching ${artifacts[0]} with Maven (once, under a minute)`, hint: HINT }, 'mvn', [
    '-B',
    '-q',
    '-f',
    pom,
    `${PLUGIN}:${goal}`,
    `-DoutputDirectory=${folder}`,
    ...options,
  ]);
}

function pomOf(name, artifacts) {
  const tags = ['groupId', 'artifactId', 'version', 'classifier', 'type'];
  const element = (value, index) => `<${tags[index]}>${value}</${tags[index]}>`;
  const dependencies = artifacts.map(
    (artifact) => `<dependency>${artifact.split(':').map(element).join('')}</dependency>`,
  );
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>gemel</groupId>
  <artifactId>${name}</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}
