const pets = [
  { id: 1, name: "Milou", status: "available" },
  { id: 2, name: "Tom", status: "available" },
];

/** A stand-in on loopback for the public hosts that the conformance kit calls. */
export function startPetStore(): { readonly url: string; readonly stop: () => Promise<void> } {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/v2/pet/findByStatus": (request) => {
        const status = new URL(request.url).searchParams.get("status");
        return Response.json(pets.filter((pet) => pet.status === status));
      },
      "/v2/pet/:id": ({ params }) => {
        const pet = pets.find(({ id }) => id === Number(params.id));
        return pet ? Response.json(pet) : new Response("no such pet", { status: 404 });
      },
      "/basic-auth/:username/:password": ({ headers, params }) => {
        const pair = Buffer.from(`${params.username}:${params.password}`).toString("base64");
        const isKnown = headers.get("authorization") === `Basic ${pair}`;
        return isKnown
          ? Response.json({ authenticated: true })
          : new Response("who are you?", { status: 401 });
      },
    },
    fetch: () => new Response("no such page", { status: 404 }),
  });
  return { url: server.url.origin, stop: () => server.stop(true) };
}
