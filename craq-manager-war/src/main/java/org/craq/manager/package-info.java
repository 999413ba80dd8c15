/**
 * The manager: it knows the nodes, grants their leases, maintains each chain's configuration and routes clients to
 * nodes.
 *
 * <p>{@code leadership} decides which of several managers acts. {@code membership} holds what is known about the nodes
 * and drives the planner of the core; {@code store} holds what must outlive the process. {@code routing} finds the node
 * for a request, {@code rpc} is the gRPC service, and {@code admin} the HTTP interface for operators. This package
 * holds the configuration and the wiring.
 */
package org.craq.manager;
