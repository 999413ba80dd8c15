/** The leader election among managers: one row in the database, which the leader renews and the others watch. */
package org.craq.manager.leadership;
