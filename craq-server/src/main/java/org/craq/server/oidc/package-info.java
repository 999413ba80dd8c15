/**
 * Tokens of an OpenID Connect issuer outside of the cluster: {@link org.craq.server.oidc.OidcTokens} verifies them with
 * {@link org.craq.server.oidc.IssuerKeys}, which are fetched in the background. The rules are in docs/design/users.md.
 */
package org.craq.server.oidc;
