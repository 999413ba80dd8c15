/** The wire protocol: generated stubs, and the translation of core values and errors to and from gRPC. */
package org.craq.wire;
