/** What the server says of a request that it does not answer, in English. */
export const ENGLISH_OF_SERVER = {
	"nothing-at-address": "there is nothing at this address",
	"request-too-long": "a request holds at most {most} bytes",
	"request-not-read": "the request cannot be read; a body has to be JSON",
	"podpath-failed": "podpath failed, which is an error of podpath or of the machine",
	"wrong-host": "the Host header does not name this server",
	"foreign-origin": "another page may not ask this server",
	"no-token": "the token is missing or wrong",
	"open-as-printed": "open the URL as `podpath serve` printed it",
	"no-faults-of-mode": 'the atlas has no faults of "{mode}"',
} as const;
