/** The election of a leader among several managers, through a lease row in the database. */
package org.craq.core.leadership;
