/** The command line: {@code craq put}, {@code get}, {@code ls}, {@code stat}, {@code rm}. */
package org.craq.client.cli;
