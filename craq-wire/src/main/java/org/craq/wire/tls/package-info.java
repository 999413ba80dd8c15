/**
 * TLS between the processes of a cluster: who a certificate belongs to, the files of a process, and how they are exchanged while it runs.
 * See docs/design/security.md.
 */
package org.craq.wire.tls;
