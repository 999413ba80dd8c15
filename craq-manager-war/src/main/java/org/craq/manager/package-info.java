/**
 * The manager: knows the nodes, grants their leases, keeps each chain's configuration and tells clients whom to ask.
 *
 * <p>{@code membership} holds what is known of the nodes and drives the planner of the core, {@code store} what must
 * outlive the process, {@code routing} finds the node for a request, {@code admin} shows it all to people, {@code problem}
 * turns failures into answers. This package holds the configuration and the wiring.
 */
package org.craq.manager;
