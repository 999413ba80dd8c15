package org.craq.client.certs;

import java.nio.file.Path;
import java.time.Instant;

/** A certificate that has been made, and where it is. */
public record Issued(Holder holder, Identity identity, Path certificate, Path key, Instant until) {}
