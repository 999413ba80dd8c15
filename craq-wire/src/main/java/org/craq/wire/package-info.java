/**
 * The wire protocol: generated stubs, the conversion of core values and errors to and from gRPC, the gRPC server with
 * its limits, and the frames of the content port.
 */
package org.craq.wire;
