/** Tests of what only a container does: one application server, the node's WAR in it, and a database. */
package org.craq.system.container;
