import { Authentication } from "./authentication.ts";
import { ExternalResource } from "./endpoint.ts";
import { hostName, map, text } from "./scalar.ts";
import { accept, closed } from "./shape.ts";

const port = accept(
  "a port number from 0 to 65535",
  (value): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65_535,
);

export const GrpcArguments = closed({
  proto: ExternalResource,
  service: closed({
    name: text,
    host: hostName,
    port: port.optional(),
    authentication: Authentication.optional(),
  }),
  method: text,
  arguments: map.optional(),
});
