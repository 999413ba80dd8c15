/** The command line: {@code craq put}, {@code get}, {@code ls}, {@code stat}, {@code rm}, {@code bench}. */
package org.craq.client.cli;
