/** Which of several managers leads: the competition for one row in the database. */
package org.craq.core.leadership;
