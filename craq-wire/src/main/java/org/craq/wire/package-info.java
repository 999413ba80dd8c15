/**
 * The wire protocol: generated stubs, the conversion of core values and errors to and from gRPC, and the gRPC server with
 * its limits.
 */
package org.craq.wire;
