/** `allocationType` of PodNetworking and PodENI (terway types/controlplane ParseAllocationType, webhook/validate.go). */
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { AllocationType } from "../terway-objects.ts";

/** What Terway takes for a Fixed address without a duration. */
const DEFAULT_RELEASE_AFTER = "10m";
/** A duration that Go's time.ParseDuration reads, and that is not negative: nobody can keep an address for minus a minute. */
const DURATION = /^\+?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** @throws {InputError} For a duration that TTL lacks or cannot be read, and for one that Never has. */
export function readAllocationType(field: Field): AllocationType {
	const type = field.at("type").oneOf(["Elastic", "Fixed"], "Elastic");
	const strategy = field.at("releaseStrategy");
	const releaseStrategy = strategy.value === "" ? "" : strategy.oneOf(["TTL", "Never"], "TTL");
	const after = field.at("releaseAfter");
	const releaseAfter = after.text();
	if (releaseAfter !== "" && !DURATION.test(releaseAfter))
		after.mustBe(phrase("a-duration"), phrase("as-in", { example: phrase("or", { one: "10m", other: "1h30m" }) }));
	if (releaseStrategy === "Never" && releaseAfter !== "") {
		after.fail("bad-value", phrase("empty-with-never", { field: after.label }));
	}
	if (strategy.value === "TTL" && releaseAfter === "") {
		after.missing(phrase("ttl-needs-duration", { example: "10m" }));
	}
	if (type === "Elastic") return { type };
	if (releaseStrategy === "Never") return { type, releaseStrategy };
	return { type, releaseStrategy: "TTL", releaseAfter: releaseAfter || DEFAULT_RELEASE_AFTER };
}
