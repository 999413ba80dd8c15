/**
 * The content port's protocol (content.proto), from the asking side, and what both ways of moving contents share: checksums, frames, connections,
 * buffers. Contents bypass gRPC there, because gRPC's copies cost more processor time than everything else that a read does.
 */
package org.craq.wire.content;
