/**
 * The node's interface for users over gRPC and over the content port: translates messages to the operations of the package
 * {@code files}, and ends streams whose client is too slow. The calls between nodes are in the package {@code replication}.
 */
package org.craq.node.rpc;
