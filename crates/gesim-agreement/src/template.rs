//! A document to begin with.

use crate::contract::Contract;

impl Contract {
    /// A whole document around these terms: prose to be edited, and the block.
    pub fn to_document(&self) -> String {
        let (mno, mvno) = (self.parties.mno, self.parties.mvno);
        let mut text = format!(
            "# Roaming agreement between {mno} and {mvno}\n\n\
             {mno} carries the traffic of the subscribers of {mvno} and bills it by files whose totals it proves. \
             {mvno} pays what is proven, at the prices of the terms below, and may dispute an invoice in time.\n\n\
             The terms below are executed by the GeSIM settlement program. Both sides sign one number on-chain that \
             stands for this document and for these terms: neither can be changed alone. A change is a new version \
             that both sign.\n\n## Terms\n\n"
        );
        text.push_str(&self.to_block());
        text.push_str(
            "\n## Where text and terms differ\n\n\
             Where the text of this document and its terms contradict each other, the terms count.\n",
        );
        text
    }
}
