/** What a server has to tell about: the atlas, the input that it was started with, and a kernel to ask. */
import type {
	AtlasFiles,
	Fault,
	LabOffer,
	LabReport,
	LabStage,
	Language,
	ManifestFile,
	Question,
	Scenario,
	Subject,
} from "@podpath/core";

export interface AtlasMode {
	readonly files: AtlasFiles;
	readonly scenarios: readonly Scenario[];
	/** The faults that the catalogue has for its cluster; null: none. */
	readonly faults: { readonly file: ManifestFile; readonly faults: readonly Fault[] } | null;
}

export interface NamedInput {
	readonly kind: "manifests" | "snapshot";
	/** As the person who started the server calls it. */
	readonly name: string;
	/** Loaded when the server already listens: a large input takes seconds. */
	readonly subject: Promise<Subject>;
	/** The files that it was read from, none of them of a snapshot. Not asked for unless somebody wants to change them. */
	readonly manifests: Promise<readonly ManifestFile[]>;
}

/** Real kernels, on which a question's network is built and its packet sent. */
export interface KernelLab {
	/** What this machine can do. Known after the first time. */
	offer(language: Language): Promise<LabOffer>;
	/**
	 * Builds, asks, and takes everything down again, whatever happens and also when the signal aborts it. Rejects with an
	 * InputError for a question that cannot be asked.
	 */
	ask(subject: Subject, question: Question, watch: LabWatch): Promise<LabReport>;
}

export interface LabWatch {
	/** In which the report is told. */
	readonly language: Language;
	readonly signal: AbortSignal;
	readonly onStage: (stage: LabStage, text: string) => void;
}

export interface Served {
	/** podpath's version. */
	readonly version: string;
	readonly atlas: readonly AtlasMode[];
	/** Null: the atlas alone. */
	readonly input: NamedInput | null;
	readonly lab: KernelLab;
}
