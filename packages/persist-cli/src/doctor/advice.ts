import type { PersistError } from '@sandkeep/persist-api';

/** What to do about an error, by what its message tells of its cause; the first that fits. */
const advices: readonly (readonly [RegExp, string])[] = [
  [/rediss:|speak TLS|no Redis server|npm install/, ''], // it says what to do itself
  [/ECONNREFUSED/, 'Nothing listens there: start the server, or correct host and port.'],
  [/ENOTFOUND|EAI_AGAIN/, 'The name of the host is not known here: correct it, or look at the DNS.'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'No way leads there: look at the address, the network and its firewalls.'],
  [
    /did not answer|nothing arrived|no answer/,
    'Something listens there, and does not answer: is it this server, and is it alive?',
  ],
  [/certificate/i, "Name the authority that signed the server's certificate, or correct the host's name."],
  [/ENOSPC|EDQUOT|QuotaExceeded/, 'Make room: remove what is not needed, or enlarge it. What is stored stays whole.'],
  [/EROFS/, 'Mount it for writing. If the kernel has remounted it so, look into its log (dmesg) first.'],
  [/EACCES|EPERM/, 'Run it as the owner of the directory, or give it to the user that runs it (chown).'],
  [/NOAUTH/, 'Name user and password in the URL, redis://user:password@host, or in the configuration.'],
  [/OOM|maxmemory\)/, 'Raise maxmemory, or remove what is not needed. What is stored stays.'],
  [
    /NOPERM|can't/,
    'Grant it to the user: ACL SETUSER. The driver needs +@read +@write +@scripting +@connection +@pubsub +info +time on its keys.',
  ],
];

/** What to do about an error, where that is known and its message does not say it. */
export function adviceFor({ message }: PersistError): string | undefined {
  return advices.find(([pattern]) => pattern.test(message))?.[1] || undefined;
}
