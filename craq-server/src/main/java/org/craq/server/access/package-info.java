/**
 * The gate at every interface of both servers: {@link org.craq.server.access.Access} finds out who calls and asks what
 * the caller may do; {@link org.craq.server.access.AccessFilter} does so for REST and {@link
 * org.craq.server.access.UserCalls} for gRPC. Both refuse what declares no action. The rules are in
 * docs/design/users.md.
 */
package org.craq.server.access;
