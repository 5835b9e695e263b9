// An identity provider as a city has: oidc-provider with its forms for development. What one types as a name says who
// one is: "sub address verified", with spaces in between. Arguments: port, address to come back to.
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "raadsportaal", client_secret: "geheim", redirect_uris: [callback] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  findAccount: (_, id) => {
    const [sub, email, verified] = id.split(" ");
    return { accountId: id, claims: () => ({ sub: id, email, email_verified: verified === "verified", name: sub }) };
  },
});
provider.listen(Number(port), "127.0.0.1");
