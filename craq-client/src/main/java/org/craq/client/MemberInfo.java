package org.craq.client;

import org.craq.core.chain.Role;

/**
 * One member of a chain.
 *
 * @param nodeId unique in the cluster
 * @param role place in the chain
 * @param grpcAddress host:port of the node's gRPC server
 * @param httpUrl base URL of the node's REST interface
 * @param complete false while the member is still catching up and serves no requests
 */
public record MemberInfo(String nodeId, Role role, String grpcAddress, String httpUrl, boolean complete) {}
