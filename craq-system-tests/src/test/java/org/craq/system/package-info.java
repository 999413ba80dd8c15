/** Utilities that several kinds of system tests share, and checks of the archives that need no running cluster. */
package org.craq.system;
