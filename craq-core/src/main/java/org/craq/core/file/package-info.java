/**
 * Values that describe a file: its {@code FileName}, a {@code Version} (epoch and seq of the entry that wrote it), the
 * {@code Body} of a version with its {@code Content}s, and the {@code UserMetadata} stored with it. All are immutable and
 * check their limits in the constructor.
 */
package org.craq.core.file;
