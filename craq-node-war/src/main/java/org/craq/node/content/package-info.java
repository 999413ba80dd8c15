/**
 * The server side of the content port (content.proto), on which bulk content bypasses gRPC: the port with its connections and limits, and
 * chunks that are passed on while they are still arriving. What a request does is decided by handlers in other packages.
 */
package org.craq.node.content;
