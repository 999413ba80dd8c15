/** Uploads that survive a broken connection, by the protocol tus 1.0: kept as replicated files of the store's own. */
package org.craq.node.uploads;
