/* report.h - the commands of `chopay report`. */
#ifndef CHOPAY_CLI_REPORT_H
#define CHOPAY_CLI_REPORT_H

int report_cai(int argc, char **argv);

#endif
