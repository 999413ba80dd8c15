/** What is known of the nodes: their lives, leases and reports; and the task that moves the chains along. */
package org.craq.manager.membership;
