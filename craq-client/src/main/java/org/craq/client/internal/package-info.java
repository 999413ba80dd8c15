/**
 * The implementation of the client library. Not for use by programs: what is public here is so only for the package above it, and may
 * change or disappear in any version. Values of the public package are used here; of this package, nothing appears there.
 *
 * <p>{@link org.craq.client.internal.Operations} is the entry point. {@code Writer} and {@code Reader} perform requests at members that
 * {@code Routing} names, as often as {@code Retry} allows. Content goes over the content port ({@code ContentWrite}, {@code
 * ContentRead}) or gRPC ({@code UploadCall}, {@code DownloadCall}).
 */
package org.craq.client.internal;
