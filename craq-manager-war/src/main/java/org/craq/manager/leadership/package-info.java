/** Which of several managers leads: one row in the database, renewed by the leader and watched by the others. */
package org.craq.manager.leadership;
