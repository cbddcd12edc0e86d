/** The worker that answers about paths and states. */
import { Engine } from "./engine.ts";
import { serve } from "./serve.ts";

serve(new Engine(null));
