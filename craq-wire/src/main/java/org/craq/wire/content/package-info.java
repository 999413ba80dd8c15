/**
 * The client side of the content port's protocol (content.proto), and what the port and gRPC share when they carry contents: checksums and
 * buffers. Bulk content bypasses gRPC on that port, because gRPC's copies cost more processor time than the rest of a read.
 */
package org.craq.wire.content;
