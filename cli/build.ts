/**
 * The build: the OpenAPI document from the schemas, the WASM kernels, the demo shop's pictures and product data for the
 * shop's pages, those pages themselves, and ONNX Runtime trimmed to what the encoder uses (ORT=untrimmed: as it came).
 */
import { writeFileSync } from "node:fs";
import { buildKernels } from "./build-kernels.ts";
import { buildWeb } from "./build-web.ts";
import { writePage } from "./demo/write-page.ts";
import { openApiDocument } from "./openapi.ts";
import { buildRuntime } from "./trim/build.ts";

writeFileSync(new URL("../src/http/openapi.generated.json", import.meta.url), JSON.stringify(openApiDocument()));
buildKernels();
writePage();
await buildWeb();
await buildRuntime(process.env);
