/**
 * Resumable uploads by the protocol tus 1.0, which survive broken connections and the loss of a node: an upload's plan and its parts
 * are replicated as the store's own files. {@link org.craq.node.uploads.ResumableUploads} is the entry point; HTTP is in the package
 * {@code rest}, and the parts are written through the package {@code files}.
 */
package org.craq.node.uploads;
