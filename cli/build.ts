/** The build: the OpenAPI document from the schemas, and the demo shop's pictures and product data for the page. */
import { writeFileSync } from "node:fs";
import { writePage } from "./demo/write-page.ts";
import { openApiDocument } from "./openapi.ts";

writeFileSync(new URL("../src/http/openapi.generated.json", import.meta.url), JSON.stringify(openApiDocument()));
writePage();
