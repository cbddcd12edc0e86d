#!/usr/bin/env node
// Written for any Node, so that one that is too old can say so instead of failing somewhere in the middle.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
	process.stderr.write(
		`podpath needs Node 22.18 or newer and runs on ${process.versions.node} (in a checkout, "npx podpath" takes the checkout's own)\n`,
	);
	process.exitCode = 4;
} else {
	import("../dist/main.js")
		.then(({ main }) => main(process))
		.catch((error) => {
			const built = error?.code !== "ERR_MODULE_NOT_FOUND";
			process.stderr.write(`podpath: ${built ? error : 'it is not built yet: run "npm run build" in its checkout'}\n`);
			process.exitCode = 4;
		});
}
