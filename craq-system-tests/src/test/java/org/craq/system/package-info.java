/** What both kinds of system tests use. */
package org.craq.system;
