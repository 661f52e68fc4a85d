// What `helm test` runs: asks each process whether it lives and is ready, and the first of them who the first user is.
const users = (process.env.GEMEL_USERS ?? '').split(',').map((user) => user.trim().split(':').map(decodeURIComponent));
const [name, password] = users.find(([, , role]) => role === undefined) ?? [];
const urls = (process.env.CHECK_URLS ?? '').split(',');
const DEADLINE_MS = 10_000;

if (name === undefined) fail('there is no user but operators to check with');

for (const url of urls) {
  for (const path of ['/alive', '/ready']) {
    const { status } = await ask(url + path);
    if (status !== 200) fail(`${url}${path} answered ${status}`);
    console.log(`${url}${path}: ${status}`);
  }
}

const whoami = `${urls[0]}/api/2/whoami`;
const stranger = await ask(whoami);
if (stranger.status !== 401) fail(`${whoami} answered ${stranger.status} to someone who did not sign in`);
const credentials = Buffer.from(`${name}:${password}`).toString('base64');
const answer = await ask(whoami, { authorization: `Basic ${credentials}` });
const { defaultSubject } = answer.status === 200 ? await answer.json() : {};
if (defaultSubject !== `nginx:${name}`) fail(`${whoami} answered ${answer.status} and subject ${defaultSubject}`);
console.log(`${whoami}: ${defaultSubject}`);

function ask(url, headers = {}) {
  return fetch(url, { headers, signal: AbortSignal.timeout(DEADLINE_MS) }).catch((error) =>
    fail(`${url}: ${error.cause?.message ?? error.message}`),
  );
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
