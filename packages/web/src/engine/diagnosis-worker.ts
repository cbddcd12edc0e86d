/**
 * The worker that diagnoses, and that knows the catalogue of faults. It is one of its own, with the whole engine in it: a
 * link to a path must not wait for what only diagnosis needs, and a path is answered while a whole cluster is looked through.
 */
import { diagnosisOf } from "./diagnosis.ts";
import { Engine } from "./engine.ts";
import { faultyCluster } from "./faults.ts";
import { serve } from "./serve.ts";

serve(new Engine({ diagnosisOf, faultyCluster }));
