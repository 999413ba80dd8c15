/** The manager's gRPC service: registration and heartbeats of nodes, and routing for clients. */
package org.craq.manager.rpc;
