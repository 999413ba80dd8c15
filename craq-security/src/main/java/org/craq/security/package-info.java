/**
 * Who may do what, for every interface of both servers.
 *
 * <p>Reading order: {@link org.craq.security.Grant} and {@link org.craq.security.Grants} (what somebody may do), {@link
 * org.craq.security.Rights} (all users, keys and grants at one version), {@link org.craq.security.Authenticator} (who a
 * caller is), {@link org.craq.security.Caller} (what one caller may do), {@link org.craq.security.Tokens}.
 *
 * <p>Nothing here waits, reads files, or knows a container or a transport. Everything but {@link
 * org.craq.security.Passwords} takes microseconds. The rules are in docs/design/users.md.
 */
package org.craq.security;
