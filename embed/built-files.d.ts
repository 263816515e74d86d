/** The bundle that `make build-agent-runner` writes; imported as a file, its value is a path. */
declare module "*/dist/agent-runner" {
  const path: string;
  export default path;
}
