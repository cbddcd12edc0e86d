/**
 * Prints the closing line of a test run, `N passed, N failed`, from the results that vitest left. Without results (the
 * build or the linter failed first) that counts as one failure.
 */
import { existsSync, readFileSync } from "node:fs";

const RESULTS = ".ci/results.json";

/** The part of vitest's JSON report that is read. */
interface Report {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly success: boolean;
}

function summary(): { readonly passed: number; readonly failed: number } {
	if (!existsSync(RESULTS)) return { passed: 0, failed: 1 };
	const report = JSON.parse(readFileSync(RESULTS, "utf8")) as Report;
	// A file that cannot be loaded fails without a test of its own.
	const failed = report.numFailedTests > 0 ? report.numFailedTests : report.success ? 0 : 1;
	return { passed: report.numPassedTests, failed };
}

const { passed, failed } = summary();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
