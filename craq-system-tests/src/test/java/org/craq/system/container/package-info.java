/** Tests of what only a container does: one application server with the node's WAR, and a database. */
package org.craq.system.container;
